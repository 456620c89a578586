// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import java.util.List;
import java.util.Optional;

/** Names under names, drawn with lines. */
record TreeText(List<Node> nodes) {
  private static final int LABEL_WIDTH = 34;

  /** One row; {@code rest} stands in columns behind the label. */
  record Node(String name, Optional<String> parent, String label, String rest) {}

  /** All trees, in the order of the nodes; a node whose parent is missing is not drawn. */
  String draw() {
    var text = new StringBuilder();
    nodes.stream().filter(n -> n.parent().isEmpty()).forEach(n -> draw(text, n, "  ", "  "));
    return text.toString();
  }

  private void draw(StringBuilder text, Node node, String first, String below) {
    String row = "%-" + LABEL_WIDTH + "s %s";
    text.append(row.formatted(first + node.label(), node.rest()).stripTrailing()).append('\n');
    var children =
        nodes.stream().filter(n -> n.parent().filter(node.name()::equals).isPresent()).toList();
    for (Node child : children) {
      boolean last = child.equals(children.getLast());
      draw(text, child, below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
  }
}
