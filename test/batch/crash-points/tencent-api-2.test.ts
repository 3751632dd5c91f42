import { legacy } from '../../support/tested-clouds';
import { tryEveryCrashPoint } from './crash-points';

tryEveryCrashPoint(legacy);
