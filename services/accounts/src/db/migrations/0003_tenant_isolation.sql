-- Forced row-level security: a statement outside of a tenant's transaction sees no row. What the two functions
-- of 0004 read the owner may read by a policy of its own: they run as the owner, whom forced security binds too where it is no superuser.

alter table organizations enable row level security;
alter table organizations force row level security;
create policy tenant on organizations to tollgate_accounts
  using (id = nullif(current_setting('tollgate.org', true), '')::uuid)
  with check (id = nullif(current_setting('tollgate.org', true), '')::uuid);
create policy owner_reads on organizations for select to current_user using (true);

alter table projects enable row level security;
alter table projects force row level security;
create policy tenant on projects to tollgate_accounts
  using (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid)
  with check (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid);

alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy tenant on api_keys to tollgate_accounts
  using (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid)
  with check (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid);
create policy owner_reads on api_keys for select to current_user using (true);

alter table provider_connections enable row level security;
alter table provider_connections force row level security;
create policy tenant on provider_connections to tollgate_accounts
  using (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid)
  with check (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid);

alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy tenant on audit_log to tollgate_accounts
  using (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid)
  with check (organization_id = nullif(current_setting('tollgate.org', true), '')::uuid);

grant select, insert, update on organizations, projects, api_keys to tollgate_accounts;
grant select, insert, update, delete on provider_connections to tollgate_accounts;
grant select, insert on audit_log to tollgate_accounts;
