-- The only reads that cross tenants. Each is as narrow as its use: a key is found by a hash that only its holder can make, organisations are listed for
-- the operator, whose scope the caller checks.

create function find_key_by_hash(candidate text)
returns table (
  id uuid, organization_id uuid, name text, hash text, previous_hash text, previous_hash_expires_at timestamptz, project text, may_tag_project boolean,
  scopes text[], tags jsonb, expires_at timestamptz, revoked_at timestamptz,
  organization_name text, legal_name text, country text, currency text, time_zone text, organization_status text, required_tags text[], missing_tags text,
  vat_id text, address_lines text[]
)
language sql stable security definer set search_path = accounts, pg_temp
as $$
  select k.id, k.organization_id, k.name, k.hash, k.previous_hash, k.previous_hash_expires_at, k.project, k.may_tag_project,
         k.scopes, k.tags, k.expires_at, k.revoked_at,
         o.name, o.legal_name, o.country, o.currency, o.time_zone, o.status, o.required_tags, o.missing_tags, o.vat_id, o.address_lines
  from accounts.api_keys k left join accounts.organizations o on o.id = k.organization_id
  where k.hash = candidate or k.previous_hash = candidate
  limit 1
$$;

create function list_organizations(after uuid, size integer)
returns setof organizations
language sql stable security definer set search_path = accounts, pg_temp
as $$
  select o.* from accounts.organizations o where after is null or o.id > after order by o.id limit size
$$;

revoke all on function find_key_by_hash(text), list_organizations(uuid, integer) from public;
grant execute on function find_key_by_hash(text), list_organizations(uuid, integer) to tollgate_accounts;
