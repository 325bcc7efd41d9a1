import type {
  CreatedApiKey,
  DecideDeviceRequest,
  DeviceRequest,
  DeviceResponse,
  InspectDeviceResponse,
} from '@stellar-memory/protocol';
import type { Identity } from './identity.js';

/**
 * Lets a device without a browser have a key: it shows a code, a person who is signed in elsewhere types it in and
 * grants it, and the device, which polls, is given the key once. The shape is that of RFC 8628.
 */
export interface DeviceService {
  /** `address` is where the request comes from, where that is known. Errors: `rate_limited`. */
  begin(request: DeviceRequest, address: string | undefined): Promise<DeviceResponse>;
  /**
   * The key, once. Errors: `authorization_pending`, `slow_down`, `access_denied`; `expired_token` for a code that is
   * unknown, over or was used; `quota_exceeded` when the account's keys are all in use meanwhile.
   */
  poll(deviceCode: string): Promise<CreatedApiKey>;
  /**
   * Who asks. Errors of this and `decide`: `not_found` for a code that nobody shows; `rate_limited` after 20 tries in
   * ten minutes; `insufficient_scope` for who is not there in person.
   */
  inspect(identity: Identity, userCode: string): Promise<InspectDeviceResponse>;
  /** Grants or denies, once. Errors: also `quota_exceeded`, and then nothing is decided. */
  decide(identity: Identity, decision: DecideDeviceRequest): Promise<{ granted: boolean }>;
}
