import { scenes } from './scenes';
import type { AwsStage } from './stage';

/** What to paste into another terminal. */
export function howToPlay(stage: AwsStage): string {
  const { example, settings } = scenes[stage.scene];
  const variables = { ...stage.aws.environment, ...settings(stage.cloud) };
  const exports = Object.entries(variables).map(([name, value]) => `  export ${name}=${value}`);
  const devices = `${stage.cloud.url}/_emulator/${stage.scene}/devices`;
  return `Both clouds stay until you press Ctrl-C here. In another terminal, in this folder:

${exports.join('\n')}
  npx cdk deploy --app 'npx tsx examples/cdk/${example}/app.ts' -c count=60
  curl ${devices}
`;
}
