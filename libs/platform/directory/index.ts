export { DirectoryReader, type DirectoryReaderOptions } from './directory-reader';
export type { DirectoryView } from './directory-view';
