// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.measure;

import dev.trustme.cel.CelRecord;
import dev.trustme.enforce.StartPermit;

/** A permitted start that has been measured; only {@link ContainerMeasurer} makes one. */
public final class MeasuredStart {
  private final StartPermit permit;
  private final CelRecord record;

  MeasuredStart(StartPermit permit, CelRecord record) {
    this.permit = permit;
    this.record = record;
  }

  public StartPermit permit() {
    return permit;
  }

  /** The record in the container log. */
  public CelRecord record() {
    return record;
  }
}
