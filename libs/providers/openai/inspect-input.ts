import { countElements } from '../json/scan-members';
import type { OpenAiRequest } from './read-request';

/** What a chat request reads besides text, and what would add tokens that its size does not show. */
export interface OpenAiInput {
  readonly messageCount: number;
  readonly images: boolean;
  readonly audio: boolean;
  readonly files: boolean;
  /** The vendor may search the web, without a cap. */
  readonly webSearch: boolean;
}

/** Part types as every client writes them. One with escapes in it would still be metered, only not refused beforehand under a hard limit. */
const IMAGE_PARTS = ['"image_url"', '"input_image"'].map((type) => Buffer.from(type));
const AUDIO_PARTS = ['"input_audio"'].map((type) => Buffer.from(type));
const FILE_PARTS = ['"file"', '"input_file"'].map((type) => Buffer.from(type));

/** Looks into the messages for what bounds a call's cost; needed under a hard limit only, so apart from reading the request. */
export function inspectOpenAiInput(request: OpenAiRequest): OpenAiInput {
  const messages = request.members.findLast(({ key }) => key === 'messages');
  const text = messages && request.body.subarray(messages.valueStart, messages.valueEnd);
  const holds = (types: readonly Buffer[]): boolean => types.some((type) => text?.includes(type));
  return {
    messageCount: text?.[0] === 0x5b ? countElements(text, 0) : 0,
    images: holds(IMAGE_PARTS),
    audio: holds(AUDIO_PARTS),
    files: holds(FILE_PARTS),
    webSearch: request.members.some(({ key }) => key === 'web_search_options'),
  };
}
