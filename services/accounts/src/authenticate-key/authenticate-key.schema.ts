import { z } from 'zod';

/** A key by its hash, from who holds the pepper, or as it was sent, from who does not. */
export const authenticateKey = z
  .strictObject({
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is no hex HMAC-SHA-256')
      .optional(),
    key: z.string().max(200).optional(),
  })
  .refine(({ hash, key }) => (hash === undefined) !== (key === undefined), 'holds either hash or key');

/** What a valid key is, in the words of directory.keys and directory.organizations, so that a reader can put it where its views would have it. */
export interface AuthenticatedKey {
  readonly id: string;
  /** Null for the operator's own keys. */
  readonly organizationId: string | null;
  readonly name: string;
  readonly hash: string;
  readonly previousHash: string;
  readonly previousHashExpiresAt: string;
  readonly project: string;
  readonly mayTagProject: boolean;
  readonly scopes: string[];
  readonly tags: Record<string, string>;
  readonly expiresAt: string;
  readonly status: 'active';
  readonly operator: boolean;
  readonly organization: {
    readonly id: string;
    readonly name: string;
    readonly country: string;
    readonly currency: string;
    readonly timeZone: string;
    readonly status: string;
    readonly requiredTags: string[];
    readonly missingTags: string;
    readonly vatId: string;
    readonly legalName: string;
    readonly addressLines: string[];
  } | null;
}
