-- Who did what to which entity, with the entity before and after, never with a secret. Entries are only ever added: the service's role may insert and read,
-- and the trigger refuses anything else to the owner too.

create table audit_log (
  id uuid primary key,
  organization_id uuid not null,
  occurred_at timestamptz not null,
  actor_key_id text not null,
  actor_operator boolean not null,
  action text not null,
  entity text not null,
  entity_id text not null,
  before jsonb,
  after jsonb
);
create index audit_log_by_organization on audit_log (organization_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_log_insert_only before update or delete on audit_log for each row execute function refuse_change();
create trigger audit_log_no_truncate before truncate on audit_log for each statement execute function refuse_change();
