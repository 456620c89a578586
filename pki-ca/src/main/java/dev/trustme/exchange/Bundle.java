// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** How much of a path goes into a file: always leaf first. */
public enum Bundle {
  LEAF,
  /** Without the root, which the other side has, or must not take from here. */
  CHAIN,
  FULL;

  /** The certificates of this bundle; the path is leaf first, root last. */
  public List<X509CertificateHolder> of(List<X509CertificateHolder> path) {
    return switch (this) {
      case LEAF -> path.subList(0, 1);
      case CHAIN -> path.size() == 1 ? path : path.subList(0, path.size() - 1);
      case FULL -> path;
    };
  }
}
