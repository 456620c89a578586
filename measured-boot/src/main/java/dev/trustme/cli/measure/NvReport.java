// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.tpm.NvType;
import dev.trustme.tpm.TpmsNvPublic;

/** What is said of an NV index. */
record NvReport(
    String schema,
    String nvIndex,
    String type,
    int size,
    String attributes,
    String nameAlg,
    String policy,
    String name) {

  static NvReport of(TpmsNvPublic index) {
    return new NvReport(
        "trustme/nv-index/1",
        "0x%08x".formatted(index.nvIndex()),
        index.attributes().type().map(NvType::label).orElse("reserved"),
        index.dataSize(),
        index.attributes().toString(),
        index.nameAlg().label(),
        index.authPolicy().hex(),
        index.name().encode().hex());
  }

  String text() {
    return "%s  %5d bytes  %s%s"
        .formatted(nvIndex, size, attributes, policy.isEmpty() ? "" : "  policy " + policy);
  }
}
