import { Module, type DynamicModule } from '@nestjs/common';
import { ConsumerDatabase, createDataSource, OutboxRelay, TenantDatabase } from '@tollgate/platform/database';
import { createKafka, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';
import { ACCOUNTS_CONFIG, type AccountsConfig } from './accounts.config';
import { KeyAuthenticator } from './authenticate-key/find-key-by-hash';
import { InternalController } from './authenticate-key/internal.controller';
import { BootstrapOperator } from './bootstrap-operator/bootstrap-operator';
import { BaseUrlRules } from './connect-providers/base-url-rules';
import { ConnectProviderHandler } from './connect-providers/connect-provider.handler';
import { ConnectionFinder } from './connect-providers/find-connections';
import { ProvidersController } from './connect-providers/providers.controller';
import { RemoveConnectionHandler } from './connect-providers/remove-connection.handler';
import { SecretSealer } from './connect-providers/secret-sealer';
import { UpdateConnectionHandler } from './connect-providers/update-connection.handler';
import { AccountsStore } from './db/accounts-store';
import { ApiKeyEntity } from './db/api-key.entity';
import { AuditEntryEntity } from './db/audit-entry.entity';
import { OrganizationEntity } from './db/organization.entity';
import { ProjectEntity } from './db/project.entity';
import { ProviderConnectionEntity } from './db/provider-connection.entity';
import { ApiKeysController } from './manage-api-keys/api-keys.controller';
import { CreateApiKeyHandler } from './manage-api-keys/create-api-key.handler';
import { ApiKeyFinder } from './manage-api-keys/find-api-keys';
import { KeyIssuer } from './manage-api-keys/key-issuer';
import { RevokeApiKeyHandler } from './manage-api-keys/revoke-api-key.handler';
import { RotateApiKeyHandler } from './manage-api-keys/rotate-api-key.handler';
import { CreateOrganizationHandler } from './manage-organizations/create-organization.handler';
import { OrganizationFinder } from './manage-organizations/find-organizations';
import { OrganizationsController } from './manage-organizations/organizations.controller';
import { UpdateOrganizationHandler } from './manage-organizations/update-organization.handler';
import { CreateProjectHandler } from './manage-projects/create-project.handler';
import { ProjectFinder } from './manage-projects/find-projects';
import { ProjectsController } from './manage-projects/projects.controller';
import { UpdateProjectHandler } from './manage-projects/update-project.handler';
import { DirectoryPublisher } from './publish-directory/publish-directory';
import { AuditLogController } from './read-audit-log/audit-log.controller';
import { AuditLogFinder } from './read-audit-log/find-audit-entries';

const SCHEMA = 'accounts';
const ENTITIES = [OrganizationEntity, ProjectEntity, ApiKeyEntity, ProviderConnectionEntity, AuditEntryEntity];

@Module({})
export class AccountsModule {
  static with(config: AccountsConfig): DynamicModule {
    return {
      module: AccountsModule,
      controllers: [
        OrganizationsController,
        ProjectsController,
        ApiKeysController,
        ProvidersController,
        AuditLogController,
        InternalController,
      ],
      providers: [
        { provide: ACCOUNTS_CONFIG, useValue: config },
        ...connections(config),
        AccountsStore,
        ...[CreateOrganizationHandler, UpdateOrganizationHandler, OrganizationFinder],
        ...[CreateProjectHandler, UpdateProjectHandler, ProjectFinder],
        ...[KeyIssuer, CreateApiKeyHandler, RotateApiKeyHandler, RevokeApiKeyHandler, ApiKeyFinder, KeyAuthenticator],
        ...[BaseUrlRules, SecretSealer, ConnectProviderHandler, UpdateConnectionHandler, RemoveConnectionHandler, ConnectionFinder],
        AuditLogFinder,
        DirectoryPublisher,
        BootstrapOperator,
      ],
    };
  }
}

function connections(config: AccountsConfig) {
  const applicationName = 'tollgate-accounts';
  return [
    {
      provide: TenantDatabase,
      useFactory: () =>
        new TenantDatabase(createDataSource({ url: config.TOLLGATE_DB_URL, schema: SCHEMA, entities: ENTITIES, applicationName })),
    },
    {
      provide: ConsumerDatabase,
      useFactory: () => new ConsumerDatabase({ url: config.TOLLGATE_CONSUMER_DB_URL, schema: SCHEMA, poolSize: 2, applicationName }),
    },
    { provide: KafkaConnection, useFactory: () => createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'accounts' }) },
    { provide: EventProducer, useFactory: (connection: KafkaConnection) => new EventProducer({ connection }), inject: [KafkaConnection] },
    {
      provide: OutboxRelay,
      useFactory: (database: ConsumerDatabase, producer: EventProducer) =>
        new OutboxRelay({ database, publisher: { sendEncoded: (topic, records) => producer.sendEncoded(topic, records) } }),
      inject: [ConsumerDatabase, EventProducer],
    },
  ];
}
