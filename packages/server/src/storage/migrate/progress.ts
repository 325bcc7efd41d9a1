/** What a running migration tells. */
export type MigrationProgress =
  | { readonly event: 'waiting-for-another-migrator' }
  | { readonly event: 'migration'; readonly name: string; readonly direction: Direction }
  | { readonly event: 'step'; readonly name: string; readonly title: string }
  | {
      readonly event: 'rows';
      readonly name: string;
      readonly title: string;
      /** In this run; a resumed run counts from nought. */
      readonly rows: number;
    }
  | {
      readonly event: 'waiting-for-a-lock';
      readonly name: string;
      readonly title: string;
      readonly attempt: number;
    }
  | { readonly event: 'step-done'; readonly name: string; readonly title: string }
  | { readonly event: 'waiting-for-end-of-legacy'; readonly name: string };

/** Which way a migration runs. */
export type Direction = 'up' | 'down';

/** Told about every step as it begins and ends. A throw stops the migration between two steps. */
export type OnProgress = (progress: MigrationProgress) => void;
