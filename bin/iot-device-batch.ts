#!/usr/bin/env node
import { Command } from 'commander';
import { emulatorCommand } from '../emulator/cli';
import { settleCommand } from './settle';
import { statusCommand } from './status';

const program = new Command('iot-device-batch')
  .description('a batch of IoT devices as one resource of your infrastructure: tools around it')
  .addCommand(emulatorCommand())
  .addCommand(statusCommand())
  .addCommand(settleCommand());

void program.parseAsync();
