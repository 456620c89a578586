// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.util.Optional;

/**
 * A TSS2_RC: 8 bits of layer, 16 bits of code (TCG TSS 2.0 Overview 1.0, 7.2). In the TPM's own
 * layer the code is a TPM_RC (TPM 2.0 Part 2, 6.6): format one tells the parameter, handle or
 * session that it is about, format zero does not.
 */
public record TssReturnCode(int value) {
  private static final int LAYER_SHIFT = 16;
  private static final int FORMAT_ONE = 0x080;
  private static final int FORMAT_ONE_CODE = 0x0bf;
  private static final int PARAMETER = 0x040;
  private static final int SESSION = 0x800;
  private static final int NUMBER_SHIFT = 8;
  private static final int WARNING = 0x900;
  private static final int BASE_MASK = 0xffff;

  /** Who says it. */
  public enum Layer {
    TPM(0),
    FEATURE_API(6),
    ESYS(7),
    SYS(8),
    MU(9),
    TCTI(10),
    RESOURCE_MANAGER(11),
    RESOURCE_MANAGER_TPM(12),
    UNKNOWN(-1);

    private final int number;

    Layer(int number) {
      this.number = number;
    }
  }

  /** What a format-one code is about. */
  public enum Kind {
    PARAMETER,
    HANDLE,
    SESSION
  }

  /** The first, second, … parameter, handle or session of the command; counts from 1. */
  public record Subject(Kind kind, int number) {}

  public Layer layer() {
    int number = value >>> LAYER_SHIFT;
    for (Layer layer : Layer.values()) {
      if (layer.number == number) {
        return layer;
      }
    }
    return Layer.UNKNOWN;
  }

  /** Whether the TPM itself said it, rather than the software between. */
  public boolean fromTpm() {
    return layer() == Layer.TPM || layer() == Layer.RESOURCE_MANAGER_TPM;
  }

  private boolean formatOne() {
    return fromTpm() && (value & FORMAT_ONE) != 0;
  }

  /** The code without the numbers of parameter, handle or session: comparable to TPM_RC_VALUE. */
  public int base() {
    return formatOne() ? value & FORMAT_ONE_CODE : value & BASE_MASK;
  }

  /** What it is about, for format-one codes that say so. */
  public Optional<Subject> subject() {
    if (!formatOne()) {
      return Optional.empty();
    }
    int number = value >> NUMBER_SHIFT & 0xf;
    if ((value & PARAMETER) != 0) {
      return Optional.of(new Subject(Kind.PARAMETER, number));
    }
    int session = SESSION >> NUMBER_SHIFT;
    var kind = (value & SESSION) != 0 ? Kind.SESSION : Kind.HANDLE;
    int counted = number & ~session;
    return counted == 0 ? Optional.empty() : Optional.of(new Subject(kind, counted));
  }

  /** The TPM_RC of this code, if the TPM said it and the code is known here. */
  public Optional<TpmRc> tpmRc() {
    return fromTpm() ? TpmRc.byCode(base()) : Optional.empty();
  }

  /** A warning: nothing is wrong with the command, the TPM cannot carry it out now. */
  public boolean warning() {
    return fromTpm() && !formatOne() && (value & WARNING) == WARNING;
  }

  /** {@code TPM_RC_VALUE}, or the layer and the number where there is no name. */
  public String name() {
    return tpmRc().map(Enum::name).orElseGet(() -> layer() + " 0x%04x".formatted(base()));
  }

  @Override
  public String toString() {
    return "0x%08x".formatted(value);
  }
}
