-- The operator's own rows (its keys, the shared connections, its audit entries) carry the nil UUID as their organisation, so that one policy and one
-- not-null column serve every row. Outside of this schema they are shown without an organisation.

create table organizations (
  id uuid primary key check (id <> '00000000-0000-0000-0000-000000000000'),
  name text not null,
  legal_name text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone text not null,
  status text not null check (status in ('active', 'suspended')),
  required_tags text[] not null,
  missing_tags text not null check (missing_tags in ('refuse', 'untagged')),
  vat_id text not null,
  address_lines text[] not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table projects (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  slug text not null,
  name text not null,
  status text not null check (status in ('active', 'archived')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (organization_id, slug)
);

create table api_keys (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  environment text not null check (environment in ('live', 'test', 'dev')),
  prefix text not null,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  previous_hash text unique check (previous_hash ~ '^[0-9a-f]{64}$'),
  previous_hash_expires_at timestamptz,
  project text,
  may_tag_project boolean not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  tags jsonb not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  foreign key (organization_id, project) references projects (organization_id, slug),
  check ((previous_hash is null) = (previous_hash_expires_at is null)),
  -- Only the operator's own keys may have its scope.
  check (not 'operator' = any (scopes) or organization_id = '00000000-0000-0000-0000-000000000000')
);
create index api_keys_by_organization on api_keys (organization_id, id);

create table provider_connections (
  id uuid primary key,
  organization_id uuid not null,
  provider text not null,
  name text not null,
  base_url text not null,
  encrypted_secret text not null,
  allow_unknown_models boolean not null,
  status text not null check (status in ('active', 'disabled')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (organization_id, provider, name)
);
