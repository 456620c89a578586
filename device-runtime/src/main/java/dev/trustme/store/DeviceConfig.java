// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.store;

/** {@code device.json}: the device's own settings. */
public record DeviceConfig(String schema, int pcr) {
  public static final String SCHEMA = "trustme/device/1";

  /** The PCR that container starts are measured into, unless the device says otherwise. */
  public static final int DEFAULT_PCR = 13;

  private static final int LAST_STATIC_PCR = 15;

  public DeviceConfig {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA + ", found " + schema);
    }
    if (pcr < 0 || pcr > LAST_STATIC_PCR) {
      throw new IllegalArgumentException(
          "pcr: expected 0 to 15, as the others can be reset while the machine runs; found " + pcr);
    }
  }

  public static DeviceConfig of(int pcr) {
    return new DeviceConfig(SCHEMA, pcr);
  }
}
