/** What the operations that change what an account pays for have in common: nobody but its administrators may. */
export const purchaseRoute = {
  method: 'POST',
  tag: 'Billing',
  access: { scope: 'admin' },
} as const;
