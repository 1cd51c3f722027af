import type { DataFolder } from './data-folder';
import type { DevFile } from './dev-file';

/** What a person needs to begin: addresses, keys, one line to try. */
export function welcome(dev: DevFile, folder: DataFolder): string {
  return `
  Tollgate is up.

  gateway       ${dev.ingressUrl}/v1        (base URL of any OpenAI client)
  front door    ${dev.consoleUrl}/api/v1    reference: ${dev.consoleUrl}/docs
  api key       ${dev.apiKey}
  finance key   ${dev.financeKey}
  admin key     ${dev.adminKey}
  operator key  ${dev.operatorKey}
  all of it in  ${folder.file('dev.json')}

  curl ${dev.ingressUrl}/v1/chat/completions -H 'authorization: Bearer ${dev.apiKey}' -H 'content-type: application/json' \\
    -d '{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}'

  Ctrl-C stops everything.
`;
}
