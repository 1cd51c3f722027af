export { type ExtractedUsage } from './usage';
export { JsonScanError } from './json/scan-members';
export { extractOpenAiUsage } from './openai/extract-usage';
export { readOpenAiAnswer, type OpenAiAnswer } from './openai/read-answer';
export { OpenAiStreamScanner } from './openai/stream-scanner';
export { RequestShapeError, readOpenAiRequest, type OpenAiRequest } from './openai/read-request';
export { inspectOpenAiInput, type OpenAiInput } from './openai/inspect-input';
export { prepareOpenAiRequest, type OpenAiRequestChanges } from './openai/prepare-request';
export { openAiErrorBody, type ProblemMembers } from './openai/error-body';
