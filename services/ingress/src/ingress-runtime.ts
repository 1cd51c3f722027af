import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { DirectoryReader } from '@tollgate/platform/directory';
import { Readiness } from '@tollgate/platform/http';
import { ensureTopics, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import { Agent } from 'undici';
import { CallEnvironment } from './call-provider/call-environment';
import { Directory } from './directory/directory';
import { GatewayServer } from './gateway/gateway-server';
import { GrantHolder } from './hold-budget/grant-holder';
import { INGRESS_CONFIG, type IngressConfig } from './ingress.config';
import { IngressMetrics } from './operations/ingress-metrics';
import { UsageSpool } from './spool/usage-spool';

/** How long calls under way may still take when the process ends, and how long the spool may still ship. Together with the rest below 9 seconds. */
const DRAIN_CALLS_MS = 4_500;
const DRAIN_SPOOL_MS = 2_000;

/** Starts what runs beside the requests, and ends it in the order in which nothing is lost. */
@Injectable()
export class IngressRuntime implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = createLogger('ingress');
  private readonly ending = new AbortController();

  constructor(
    @Inject(INGRESS_CONFIG) private readonly config: IngressConfig,
    private readonly server: GatewayServer,
    private readonly environment: CallEnvironment,
    private readonly spool: UsageSpool,
    private readonly budgets: GrantHolder,
    private readonly directoryReader: DirectoryReader,
    private readonly directory: Directory,
    private readonly connection: KafkaConnection,
    private readonly producer: EventProducer,
    private readonly agent: Agent,
    private readonly metrics: IngressMetrics,
    private readonly readiness: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { TOLLGATE_INGRESS_PORT: port, TOLLGATE_HOST: host } = this.config;
    this.readiness.add('directory', () => this.directory.ready);
    this.readiness.add('spool', () => this.spool.room.refusal === null);
    this.metrics.watch(this.spool, () => this.environment.inFlight.size);
    this.spool.start();
    this.budgets.start();
    // Kafka may be away: calls are answered from the snapshot meanwhile.
    void ensureTopics(this.connection, [topics.usageRecorded], this.ending.signal);
    this.directoryReader
      .start()
      .then(() => this.directory.open())
      .catch((error: unknown) => this.logger.error({ err: error }, 'the directories cannot be followed'));
    const bound = await this.server.listen(port, host);
    this.logger.info({ port: bound, producer: this.spool.holder }, 'ingress takes calls');
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    this.server.stopAccepting();
    await this.environment.drain(DRAIN_CALLS_MS);
    await this.server.close();
    await this.budgets.stop();
    await this.spool.stop(DRAIN_SPOOL_MS);
    await Promise.allSettled([this.producer.close(), this.directoryReader.close(), this.agent.destroy()]);
    await this.connection.close();
  }
}
