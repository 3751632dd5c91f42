import { certificates } from '../../support/tested-clouds';
import { tryEveryCrashPoint } from './crash-points';

tryEveryCrashPoint(certificates);
