// Generated from contracts/schemas/envelope.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * certificate.json: a DSSE envelope. The signatures are over the pre-authentication encoding of payload type and payload.
 */
export interface SignedEnvelope {
  payloadType: string;
  /**
   * Base64.
   */
  payload: string;
  /**
   * @minItems 1
   */
  signatures: [EnvelopeSignature, ...EnvelopeSignature[]];
}
export interface EnvelopeSignature {
  /**
   * SHA-256 of the public key (SubjectPublicKeyInfo, DER), hex.
   */
  keyid: string;
  /**
   * Ed25519, base64.
   */
  sig: string;
}
