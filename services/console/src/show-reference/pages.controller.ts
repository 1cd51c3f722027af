import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@tollgate/platform/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONSOLE_CONFIG, type ConsoleConfig } from '../console.config';
import { ApiDocuments } from '../merge-documents/api-document';
import type { Html } from './html';
import { landingPage } from './landing-page';
import { PAGE_POLICY } from './page-layout';
import { explainedProblems } from './problem-catalogue';
import { problemsPage } from './problems-page';
import { referencePage } from './reference-page';

/** The pages that people read; made anew from the document each time, which takes a few milliseconds. */
@ApiExcludeController()
@Public()
@Controller()
export class PagesController {
  constructor(
    private readonly documents: ApiDocuments,
    @Inject(CONSOLE_CONFIG) private readonly config: ConsoleConfig,
  ) {}

  @Get('/')
  landing(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    send(reply, landingPage(this.config.TOLLGATE_INGRESS_URL.replace(/\/$/, ''), originOf(request)));
  }

  @Get('docs')
  async reference(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, referencePage(await this.documents.current(), originOf(request)));
  }

  @Get('docs/problems')
  async problems(@Res() reply: FastifyReply): Promise<void> {
    const { document } = await this.documents.current();
    send(reply, problemsPage(explainedProblems(document['x-problems'] ?? [])));
  }
}

/** Where the reader reached this page; the name comes from the client, so only a plain one is repeated. */
function originOf(request: FastifyRequest): string {
  const host = /^[A-Za-z0-9.:[\]-]{1,255}$/.test(request.host) ? request.host : 'localhost';
  return `${request.protocol}://${host}`;
}

function send(reply: FastifyReply, page: Html): void {
  void reply
    .type('text/html; charset=utf-8')
    .headers({
      'content-security-policy': PAGE_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    })
    .send(page.toString());
}
