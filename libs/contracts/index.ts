export { Outcome, UsageRecord, UsageRecorded, GrantUse, ProducerMarked, ProducerClosed } from './gen/tollgate/usage/v1/usage';
export { ChargePosted, ChargeLine, FxApplied, UsageParked } from './gen/tollgate/charge/v1/charge';
export { Organization, Project, ApiKey, Connection, Model, Price, FxRate, Markup } from './gen/tollgate/directory/v1/directory';
export { Budget, BudgetScope, AlertRaised } from './gen/tollgate/budget/v1/budget';
export {
  AcquireRequest,
  AcquireResponse,
  RenewRequest,
  RenewResponse,
  GrantReturn,
  WatchRecallsRequest,
  WatchRecallsResponse,
  GrantsServiceService,
  GrantsServiceClient,
  type GrantsServiceServer,
} from './gen/tollgate/grants/v1/grants';
export { InvoiceFinalized } from './gen/tollgate/invoice/v1/invoice';
export { topics, deadLetterTopicName, type Topic, type Codec } from './topics';
