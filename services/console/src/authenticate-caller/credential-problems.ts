import { Problem } from '@tollgate/platform/http';

const FIX = 'Send a valid key as Authorization: Bearer tg_….';

/** 401 of a request without a key, or with something else in its place. */
export function keyMissing(detail: string): Problem {
  return new Problem({ status: 401, code: 'unauthenticated', title: 'Who are you?', detail, fix: FIX });
}

/** 401 of a key whose form or checksum is wrong: a typing error, or cut off while copying. Nobody was asked. */
export function keyMalformed(): Problem {
  return new Problem({
    status: 401,
    code: 'key_malformed',
    title: 'The key is not one of ours',
    detail: 'The key is not of the form tg_<environment>_<36 characters>, or its checksum is wrong.',
    fix: 'Copy the whole key again: it was cut off or mistyped.',
  });
}

/** 401 of a well-formed key that is not valid, with the reason that accounts gave. */
export function keyInvalid(code: string, detail: string): Problem {
  return new Problem({
    status: 401,
    code,
    title: 'The key is not valid',
    detail,
    fix: 'Use a valid key, or let an admin of the organisation create one.',
  });
}

/** 403 of an organisation that may only read. */
export function organizationSuspended(): Problem {
  return new Problem({
    status: 403,
    code: 'organization_suspended',
    title: 'The organisation is suspended',
    detail: 'While the organisation is suspended, it can read and change nothing.',
    fix: 'Ask the operator to activate the organisation.',
  });
}
