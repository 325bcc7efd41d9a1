import { registerDatabaseTests } from '../suites/register-database-tests.js';
import { describeEngines } from '../support/engines.js';

describeEngines('the database port', registerDatabaseTests);
