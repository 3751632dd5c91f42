import { preSharedKeys } from '../../support/tested-clouds';
import { tryEveryCrashPoint } from './crash-points';

tryEveryCrashPoint(preSharedKeys);
