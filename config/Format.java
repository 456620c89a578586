// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Formats every Java source, or says which are not formatted: {@code Format.java check|write DIR}.
 */
public class Format {
  private static final String HEADER =
      "// SPDX-FileCopyrightText: The trustme authors\n// SPDX-License-Identifier: Apache-2.0\n";

  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    List<String> findings = new ArrayList<>();
    for (Path file : sources(Path.of(args[1]))) {
      String before = Files.readString(file);
      String after = before.startsWith(HEADER) ? before : HEADER + "\n" + before;
      try {
        after =
            formatter.formatSource(
                RemoveUnusedImports.removeUnusedImports(
                    ImportOrderer.reorderImports(after, JavaFormatterOptions.Style.GOOGLE)));
      } catch (Exception e) {
        findings.add(file + ": cannot be parsed: " + e.getMessage());
        continue;
      }
      if (!after.equals(before)) {
        if (write) {
          Files.writeString(file, after);
        } else {
          findings.add(file + ": not formatted");
        }
      }
    }
    findings.forEach(System.err::println);
    if (!findings.isEmpty()) {
      System.err.println("Run 'mvn -N -Pformat validate' to format.");
      System.exit(1);
    }
  }

  private static List<Path> sources(Path root) throws Exception {
    try (var walk = Files.walk(root)) {
      return walk.filter(p -> p.toString().endsWith(".java"))
          .filter(p -> !p.toString().contains("/target/") && !p.toString().contains("/build/"))
          .sorted()
          .toList();
    }
  }
}
