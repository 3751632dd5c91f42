import { aliyun } from '../../support/tested-clouds';
import { tryEveryCrashPoint } from './crash-points';

tryEveryCrashPoint(aliyun);
