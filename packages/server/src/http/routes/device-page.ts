import { definePage, pageParameters } from '../pages/define-page.js';
import { devicePage as page } from '../pages/device-page.js';

/** `GET /device` */
export const devicePage = definePage({
  path: '/device',
  operationId: 'devicePage',
  tag: 'Sign-in',
  summary: 'The page at which a person lets a device in',
  page,
  query: pageParameters,
});
