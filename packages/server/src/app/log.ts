import type { DestinationStream, Logger } from 'pino';
import { createLogger } from '../http/logger.js';

/** The log of a server. */
export const openLog = (level: string, destination: DestinationStream): Logger =>
  createLogger(level, destination);
