import { offer } from '../../browser/contract.ts';
import { painterClaims } from './painter_claims.ts';
import { textClaims } from './text_claims.ts';

offer([...textClaims, ...painterClaims]);
