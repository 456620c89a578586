// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import java.util.Arrays;
import java.util.Optional;

/**
 * The fields that a template descriptor can name. Linux Documentation/security/IMA-templates.rst,
 * "Supported Template Fields and Descriptors".
 */
public enum ImaField {
  D("d", Kind.PLAIN_DIGEST),
  N("n", Kind.NAME),
  D_NG("d-ng", Kind.DIGEST),
  D_NGV2("d-ngv2", Kind.TYPED_DIGEST),
  N_NG("n-ng", Kind.NAME),
  SIG("sig", Kind.SIGNATURE),
  D_MODSIG("d-modsig", Kind.DIGEST),
  MODSIG("modsig", Kind.MODSIG),
  BUF("buf", Kind.BUFFER),
  EVMSIG("evmsig", Kind.SIGNATURE),
  IUID("iuid", Kind.NUMBER),
  IGID("igid", Kind.NUMBER),
  IMODE("imode", Kind.NUMBER),
  XATTRNAMES("xattrnames", Kind.XATTR_NAMES),
  XATTRLENGTHS("xattrlengths", Kind.XATTR_LENGTHS),
  XATTRVALUES("xattrvalues", Kind.XATTR_VALUES);

  /** What a field holds; the kinds differ in form. */
  enum Kind {
    PLAIN_DIGEST,
    DIGEST,
    TYPED_DIGEST,
    NAME,
    SIGNATURE,
    MODSIG,
    BUFFER,
    NUMBER,
    XATTR_NAMES,
    XATTR_LENGTHS,
    XATTR_VALUES
  }

  private static final int MODE_SIZE = 2;
  private static final int ID_SIZE = 4;

  private final String id;
  private final Kind kind;

  ImaField(String id, Kind kind) {
    this.id = id;
    this.kind = kind;
  }

  /** The identifier in descriptors. */
  public String id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  /** Bytes of a number field that is present. */
  int numberSize() {
    return this == IMODE ? MODE_SIZE : ID_SIZE;
  }

  public static Optional<ImaField> byId(String id) {
    return Arrays.stream(values()).filter(f -> f.id.equals(id)).findFirst();
  }
}
