// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.report.Area;
import dev.trustme.report.Explanation;
import dev.trustme.report.Explanations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code verify explain}: what is a check about? */
@Command(
    name = "explain",
    description = {
      "Explain the checks of a device's evidence: what each means, why it matters, what to do.",
      "",
      "Without an ID, all checks are listed in the order of the judgement."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify explain pcr-11",
      "  trustme verify explain quote-nonce quote-clock --json"
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<ExitCode> {
  private static final String SCHEMA = "trustme/explanation/1";
  private static final int WIDTH = 76;

  /** The document of {@code --json}. */
  private record Document(String schema, List<Explanation> checks) {}

  @Mixin private Output output = new Output();

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description = "Ids of checks, as verdicts show them.")
  private List<String> ids = new ArrayList<>();

  @Override
  public ExitCode call() {
    var wanted =
        ids.isEmpty() ? Explanations.all() : ids.stream().map(ExplainCommand::find).toList();
    output.result(new Document(SCHEMA, wanted), () -> ids.isEmpty() ? list(wanted) : texts(wanted));
    return ExitCode.ACCEPTED;
  }

  private static Explanation find(String id) {
    return Explanations.byId(id)
        .orElseThrow(() ->
            CommandFailure.usage(
                "%s: no check has this id; 'trustme verify explain' lists them".formatted(id)));
  }

  private String list(List<Explanation> all) {
    var text = new StringBuilder();
    for (Area area : all.stream().map(Explanation::area).distinct().sorted().toList()) {
      text.append(area.title()).append("  ").append(output.dim(area.about())).append('\n');
      all.stream()
          .filter(e -> e.area() == area)
          .forEach(e -> text.append("  %-24s %s%n".formatted(e.id(), e.meaning())));
    }
    return text.toString();
  }

  private String texts(List<Explanation> wanted) {
    return String.join("\n", wanted.stream().map(this::text).toList());
  }

  private String text(Explanation check) {
    var text = new StringBuilder(output.good(check.id())).append("  ");
    text.append(check.area().title()).append(": ").append(check.component()).append('\n');
    paragraph(text, "Passes if", check.meaning() + ".");
    paragraph(text, "Fails if", check.failure());
    paragraph(text, "Why", check.why());
    text.append("  What to do\n");
    check.remedy().forEach(step -> wrap(text, "    - ", step));
    text.append("  Example\n");
    item(text, "expected  " + check.example().expected());
    item(text, "seen      " + check.example().seen());
    if (!check.after().isEmpty()) {
      paragraph(text, "Fails with", String.join(", ", check.after()) + ": then that is the cause.");
    }
    return text.toString();
  }

  private static void paragraph(StringBuilder text, String title, String words) {
    text.append("  ").append(title).append('\n');
    item(text, words);
  }

  private static void item(StringBuilder text, String words) {
    wrap(text, "    ", words);
  }

  /** Breaks lines between words; the first begins with {@code lead}. */
  private static void wrap(StringBuilder text, String lead, String words) {
    var line = new StringBuilder(lead);
    boolean empty = true;
    for (String word : words.split(" ", -1)) {
      if (!empty && line.length() + word.length() > WIDTH) {
        text.append(line.toString().stripTrailing()).append('\n');
        line = new StringBuilder(" ".repeat(lead.length()));
      }
      line.append(word).append(' ');
      empty = false;
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
