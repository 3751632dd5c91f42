/** Parameters that no journal and no error message may repeat: the token, devices' own secrets, LoRaWAN keys. */
export function isSecret(parameter: string): boolean {
  return /^(SecurityToken|Signature|AppKey|PinCode|BearerToken)$|(^|\.)DeviceSecret$/.test(parameter);
}
