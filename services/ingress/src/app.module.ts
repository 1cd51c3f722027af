import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { DirectoryReader } from '@tollgate/platform/directory';
import { AddressGuard } from '@tollgate/platform/http';
import { createKafka, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Agent } from 'undici';
import { HttpAccountsLink } from './authenticate-key/accounts-link';
import { KeyGate } from './authenticate-key/key-gate';
import { AnswerCall } from './call-provider/answer-call';
import { CallEnvironment } from './call-provider/call-environment';
import { RouteTable } from './call-provider/call-route';
import { providerAgent } from './call-provider/provider-agent';
import { Directory, DIRECTORY_TOPICS } from './directory/directory';
import { Gateway } from './gateway/gateway';
import { GatewayServer } from './gateway/gateway-server';
import { GrantHolder } from './hold-budget/grant-holder';
import { GrpcGrantsLink } from './hold-budget/grants-link';
import { grantsToken } from './hold-budget/grants-token';
import { INGRESS_CONFIG, type IngressConfig } from './ingress.config';
import { IngressRuntime } from './ingress-runtime';
import { ModelLister } from './list-models/list-models';
import { IngressMetrics } from './operations/ingress-metrics';
import { ReportUsage } from './report-usage/report-usage';
import { OrphanReturns } from './hold-budget/orphan-returns';
import { tracedSink } from './spool/traced-sink';
import { UsageSpool } from './spool/usage-spool';
import { TagRules } from './tag-call/tag-rules';

/** Builds the objects once; requests go through none of Nest. */
@Module({})
export class IngressModule {
  static with(config: IngressConfig): DynamicModule {
    return {
      module: IngressModule,
      providers: [
        { provide: INGRESS_CONFIG, useValue: config },
        IngressMetrics,
        OrphanReturns,
        ...surroundings(config),
        ...knowledge(config),
        ...calls(config),
        IngressRuntime,
      ],
    };
  }
}

const logger = createLogger('ingress');

/** What reaches outside: Kafka, the disk, providers, budget-alert, accounts. */
function surroundings(config: IngressConfig): FactoryProvider[] {
  return [
    { provide: KafkaConnection, useFactory: () => createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'ingress', logger }) },
    {
      provide: EventProducer,
      useFactory: (connection: KafkaConnection) => new EventProducer({ connection, lingerMs: 0 }),
      inject: [KafkaConnection],
    },
    {
      provide: DirectoryReader,
      useFactory: (connection: KafkaConnection) =>
        new DirectoryReader({ connection, topics: DIRECTORY_TOPICS, snapshotFile: join(config.TOLLGATE_DATA_DIR, 'directory.snapshot') }),
      inject: [KafkaConnection],
    },
    {
      provide: UsageSpool,
      useFactory: (producer: EventProducer, clock: Clock, metrics: IngressMetrics, orphans: OrphanReturns) =>
        new UsageSpool({
          root: join(config.TOLLGATE_DATA_DIR, 'spool'),
          sink: tracedSink(producer),
          clock,
          newProducer: randomUUID,
          limitBytes: config.TOLLGATE_SPOOL_LIMIT_BYTES,
          onShipped: (records) => metrics.onShipped(records),
          onError: (error) => {
            metrics.onSpoolError();
            logger.error({ err: error }, 'the spool failed');
          },
          onReplayed: (holder, report) => {
            logger.warn({ holder, ...report }, 'the spool of a process that died was replayed');
            orphans.add(holder, report.idleGrants);
          },
        }),
      inject: [EventProducer, CLOCK, IngressMetrics, OrphanReturns],
    },
    { provide: Agent, useFactory: () => providerAgent(new AddressGuard(config.TOLLGATE_ALLOWED_PRIVATE_ADDRESSES)) },
    {
      provide: HttpAccountsLink,
      useFactory: (clock: Clock) => new HttpAccountsLink(config.TOLLGATE_ACCOUNTS_URL, config.TOLLGATE_INTERNAL_SECRET, clock),
      inject: [CLOCK],
    },
  ];
}

/** What is known of callers, models and budgets. */
function knowledge(config: IngressConfig): FactoryProvider[] {
  return [
    { provide: Directory, useFactory: (reader: DirectoryReader) => new Directory(reader), inject: [DirectoryReader] },
    {
      provide: KeyGate,
      useFactory: (directory: Directory, accounts: HttpAccountsLink, clock: Clock) =>
        new KeyGate(directory, accounts, clock, config.TOLLGATE_KEY_PEPPER),
      inject: [Directory, HttpAccountsLink, CLOCK],
    },
    {
      provide: TagRules,
      useFactory: (directory: Directory, accounts: HttpAccountsLink, clock: Clock) => new TagRules(directory, accounts, clock),
      inject: [Directory, HttpAccountsLink, CLOCK],
    },
    { provide: ModelLister, useFactory: (directory: Directory) => new ModelLister(directory), inject: [Directory] },
    {
      provide: GrantHolder,
      useFactory: (spool: UsageSpool, directory: Directory, clock: Clock, orphans: OrphanReturns) => {
        const holder = new GrantHolder({
          holder: spool.holder,
          link: new GrpcGrantsLink(config.TOLLGATE_GRANTS_ADDRESSES, grantsToken(config.TOLLGATE_INTERNAL_SECRET, clock)),
          directory,
          clock,
          noteChange: (change) => spool.spool.changeGrant(change),
          onError: (error) => logger.warn({ err: error }, 'grants could not be renewed or given back'),
        });
        spool.grants = () => holder.balances();
        orphans.sendBy(holder);
        return holder;
      },
      inject: [UsageSpool, Directory, CLOCK, OrphanReturns],
    },
  ];
}

/** What answers requests. */
function calls(config: IngressConfig): FactoryProvider[] {
  return [
    {
      provide: CallEnvironment,
      useFactory: (spool: UsageSpool, agent: Agent, clock: Clock, metrics: IngressMetrics) =>
        new CallEnvironment({
          spool: spool.spool,
          agent,
          clock,
          limits: {
            firstByteMs: config.TOLLGATE_FIRST_BYTE_TIMEOUT_MS,
            idleMs: config.TOLLGATE_IDLE_TIMEOUT_MS,
            totalMs: config.TOLLGATE_TOTAL_TIMEOUT_MS,
          },
          metrics,
          onError: (error) => logger.error({ err: error }, 'a call failed for a reason of ours'),
        }),
      inject: [UsageSpool, Agent, CLOCK, IngressMetrics],
    },
    {
      provide: AnswerCall,
      useFactory: (
        directory: Directory,
        tagRules: TagRules,
        clock: Clock,
        budgets: GrantHolder,
        spool: UsageSpool,
        environment: CallEnvironment,
      ) => new AnswerCall(new RouteTable(directory, tagRules, config.TOLLGATE_ENCRYPTION_KEY, clock), budgets, spool.room, environment),
      inject: [Directory, TagRules, CLOCK, GrantHolder, UsageSpool, CallEnvironment],
    },
    {
      provide: ReportUsage,
      useFactory: (spool: UsageSpool, tagRules: TagRules, clock: Clock, metrics: IngressMetrics) =>
        new ReportUsage(spool.spool, spool.room, tagRules, clock, (results) => metrics.onReported(results)),
      inject: [UsageSpool, TagRules, CLOCK, IngressMetrics],
    },
    {
      provide: GatewayServer,
      useFactory: (
        directory: Directory,
        keys: KeyGate,
        answerCall: AnswerCall,
        reportUsage: ReportUsage,
        models: ModelLister,
        clock: Clock,
        metrics: IngressMetrics,
      ) => {
        const gateway = new Gateway(
          directory,
          keys,
          answerCall,
          reportUsage,
          models,
          clock,
          config.TOLLGATE_BODY_LIMIT_BYTES,
          metrics,
          logger,
        );
        return new GatewayServer(gateway.handle);
      },
      inject: [Directory, KeyGate, AnswerCall, ReportUsage, ModelLister, CLOCK, IngressMetrics],
    },
  ];
}
