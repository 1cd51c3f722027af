import { z } from 'zod';

const CONTROL = /[\u0000-\u001f\u007f]/;

/** One line of text that people read. */
export const label = z
  .string()
  .trim()
  .min(1, 'is empty')
  .max(200, 'is longer than 200 characters')
  .refine((text) => !CONTROL.test(text), 'holds a control character')
  .meta({ example: 'Acme Robotics' });

/** How a project is named in tags, keys, budgets and charges. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is no slug: lower-case letters, digits and inner hyphens, 63 at most')
  .meta({ example: 'search' });

/** Tag names of the `X-Tollgate-Tags` header: no comma or equals sign, since these separate there. */
export const tagName = z
  .string()
  .regex(/^[a-z][a-z0-9_.-]{0,39}$/, 'is no tag name: a lower-case letter, then letters, digits, "_", "." and "-", 40 at most');

const tagValue = z
  .string()
  .regex(
    /^[^\s,=\u0000-\u001f\u007f](?:[^,=\u0000-\u001f\u007f]{0,126}[^\s,=\u0000-\u001f\u007f])?$/,
    'is no tag value: 1 to 128 characters without comma and equals sign',
  );

/** Tags by name: project, team, env, feature, and free ones. */
export const tags = z
  .record(tagName, tagValue)
  .refine((all) => Object.keys(all).length <= 20, 'holds more than 20 tags')
  .meta({ example: { team: 'search', env: 'prod' } });

/** A moment in RFC 3339. */
export const moment = z.iso.datetime({ offset: true, error: 'is no time in RFC 3339, such as 2026-10-01T00:00:00Z' });
