import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { InvoiceView } from '../show-invoices/invoice.schema';
import { pdfData } from './pdf-data';

const TEMPLATE = readFileSync(join(__dirname, 'invoice.typ'), 'utf8');
/** Pages that were not asked for in so many renderings are forgotten. */
const CACHE_AGE = 10;

/**
 * Renders invoices as PDF. The invoice reaches the template as data (a JSON input), never as source: nothing in it can be read as markup. PDF/A-3b, which
 * archives ask for; a text with characters that no font has still gives a plain PDF.
 */
@Injectable()
export class PdfRenderer {
  #compiler: NodeCompiler | undefined;

  render(invoice: InvoiceView): Buffer {
    const compiler = this.#loaded();
    const inputs = { invoice: JSON.stringify(pdfData(invoice)) };
    const compiled = compiler.compile({ mainFileContent: TEMPLATE, inputs });
    const document = compiled.result;
    if (!document) throw new Error(`The invoice's template does not compile: ${JSON.stringify(compiled.takeError()?.shortDiagnostics)}`);
    const creationTimestamp = Math.floor(Date.parse(invoice.finalizedAt ?? invoice.draftedAt) / 1000);
    try {
      return compiler.pdf(document, { pdfStandard: 'a-3b', creationTimestamp });
    } catch {
      return compiler.pdf(document, { creationTimestamp });
    } finally {
      compiler.evictCache(CACHE_AGE);
    }
  }

  /** The compiler is a native library of some megabytes: loaded with the first PDF. */
  #loaded(): NodeCompiler {
    if (!this.#compiler) {
      const typst = require('@myriaddreamin/typst-ts-node-compiler') as typeof import('@myriaddreamin/typst-ts-node-compiler');
      this.#compiler = typst.NodeCompiler.create();
    }
    return this.#compiler;
  }
}
