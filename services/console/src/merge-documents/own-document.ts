import { Injectable } from '@nestjs/common';
import type { OpenApiDocument } from './open-api';

/** The console's own document. Nest can describe an application only once it stands, so main hands it over then. */
@Injectable()
export class OwnDocument {
  #describe: () => OpenApiDocument = () => ({ openapi: '3.1.0', info: { title: 'console', version: '1' }, paths: {} });

  set(describe: () => OpenApiDocument): void {
    this.#describe = describe;
  }

  document(): OpenApiDocument {
    return this.#describe();
  }
}
