/** What an operator should look at: the reasons of the metric, and what the log says of each. */
export const billingAlarms = {
  unknown_store: 'an event of another store was refused',
  wrong_mode: 'an event of test mode reached a live server, or the other way round',
  unknown_subscription: 'an event is about a subscription that Lemon Squeezy does not know',
  no_checkout: 'a purchase was refused: no checkout of ours, or one that was used',
  unknown_variant: 'a subscription is of a variant that is not sold here: it is worth nothing',
  unknown_status: 'a subscription has a status that is not known: it is worth nothing',
  event_failed: 'an event could not be applied; it is tried again',
  not_reconciled: 'a subscription could not be reconciled; it is tried again',
  subscription_gone: 'a subscription is not known to Lemon Squeezy any more',
} as const;
export type BillingAlarm = keyof typeof billingAlarms;
