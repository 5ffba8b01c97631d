import { offer } from '../../browser/contract.ts';
import { storeClaims } from './store_claims.ts';

offer(storeClaims);
