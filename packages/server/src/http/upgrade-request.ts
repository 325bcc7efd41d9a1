import { IncomingMessage } from 'node:http';

/**
 * A request that is an upgrade only when it asks for a WebSocket. Anything else that a client offers to change to, as
 * curl does with `h2c`, is an offer: RFC 9110 lets a server ignore it, and the request is answered like any other.
 * Without this Node hands every such request over as soon as somebody listens for upgrades.
 */
export class UpgradeRequest extends IncomingMessage {
  declare offersUpgrade: boolean | undefined;

  /** Node asks once the headers are there. */
  get upgrade(): boolean {
    return this.offersUpgrade === true && this.headers.upgrade?.toLowerCase() === 'websocket';
  }

  set upgrade(offers: boolean | null) {
    this.offersUpgrade = offers === true;
  }
}
