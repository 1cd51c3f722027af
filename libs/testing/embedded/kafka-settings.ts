/** The settings of a single broker that is its own controller. Every internal topic has one replica and one partition; topics are made by the services
 * that own them; a record's time is the time of appending, since back-dated usage must not age out. */
export function kafkaSettings(address: {
  brokerHost: string;
  bindHost: string;
  port: number;
  controllerPort: number;
  logFolder: string;
}): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: `PLAINTEXT://${address.bindHost}:${address.port},CONTROLLER://${address.bindHost}:${address.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${address.brokerHost}:${address.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${address.controllerPort}`,
    'log.dirs': address.logFolder,
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'default.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'log.message.timestamp.type': 'LogAppendTime',
    'log.cleaner.dedupe.buffer.size': '16777216',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'num.recovery.threads.per.data.dir': '2',
    'controlled.shutdown.max.retries': '1',
  };
}

/** The settings as the text of a server.properties. */
export function asProperties(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** The settings as environment variables, as the container image takes them: dots become underscores. */
export function asEnvironment(settings: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]));
}

/** Warnings and errors to standard output. */
export const KAFKA_LOGGING = `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
`;
