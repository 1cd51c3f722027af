/** What the demo leaves behind. */
export interface DemoSummary {
  readonly finishedAt: string;
  readonly currency: string;
  /** Total of the newest invoice, tax included. */
  readonly total: string;
  readonly invoiceId: string;
  /** Absolute path of that invoice's PDF. */
  readonly pdf: string;
  /** What the demo's organisation was billed in all. */
  readonly spend: string;
}

/** dev.json: where the system is and the demo organisation's keys; there once everything is healthy. */
export interface DevFile {
  readonly ingressUrl: string;
  readonly consoleUrl: string;
  readonly organizationId: string;
  /** Calls models and reports usage. */
  readonly apiKey: string;
  /** Reads money and handles invoices. */
  readonly financeKey: string;
  readonly adminKey: string;
  readonly operatorKey: string;
  readonly demo?: DemoSummary;
}
