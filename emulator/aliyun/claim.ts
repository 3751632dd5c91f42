/** What a request says about its caller, in either of the vendor's two signature schemes. */
export interface Claim {
  accessKeyId: string;
  securityToken: string | undefined;
  date: string | undefined;
  /** Empty where there is none. */
  nonce: string;
  /** Throws a GatewayError where the signature is not this secret's over exactly this request. */
  verify(accessKeySecret: string): void;
}
