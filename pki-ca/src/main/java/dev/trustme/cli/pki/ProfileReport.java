// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.profile.CustomerScope;
import dev.trustme.profile.NameKind;
import dev.trustme.profile.Profile;
import dev.trustme.profile.Profile.Authority;
import dev.trustme.profile.Profile.RoleKey;
import dev.trustme.profile.Template;
import dev.trustme.profile.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a profile becomes, {@code trustme/profile-report/1}. */
record ProfileReport(
    String schema, Optional<String> about, List<Line> certificates, List<Line> templates) {
  /** One certificate or template; {@code key} names several types where a request may choose. */
  record Line(
      String name,
      String kind,
      Optional<String> issuer,
      List<String> key,
      int years,
      List<String> use,
      Optional<String> customer) {}

  static ProfileReport of(Profile profile) {
    List<Line> lines = new ArrayList<>();
    profile.authorities().forEach((name, authority) -> lines.add(authority(name, authority)));
    profile.roles().forEach((name, role) -> lines.add(role(name, role)));
    profile
        .secureBoot()
        .ifPresent(s ->
            Stream.of(Map.entry("PK", s.pk()), Map.entry("KEK", s.kek()))
                .forEach(key -> lines.add(platform(key.getKey(), key.getValue()))));
    var templates =
        profile.templates().orElse(Map.of()).entrySet().stream()
            .map(t -> template(t.getKey(), t.getValue()))
            .toList();
    return new ProfileReport("trustme/profile-report/1", profile.about(), lines, templates);
  }

  private static Line authority(String name, Authority authority) {
    return new Line(
        name,
        "authority",
        authority.issuer(),
        List.of(authority.key().label()),
        authority.years(),
        authority.issues().orElse(List.of()).stream().map(Use::label).toList(),
        authority.scope().map(CustomerScope::customer));
  }

  private static Line role(String name, RoleKey role) {
    return new Line(
        name,
        "role",
        Optional.of(role.issuer()),
        List.of(role.key().label()),
        role.years(),
        role.use().stream().map(Use::label).toList(),
        Optional.empty());
  }

  private static Line platform(String name, Profile.PlatformKey key) {
    return new Line(
        name,
        "secure-boot",
        Optional.empty(),
        List.of(key.key().label()),
        key.years(),
        List.of(),
        Optional.empty());
  }

  private static Line template(String name, Template template) {
    return new Line(
        name,
        "template",
        Optional.of(template.issuer()),
        template.key().stream().map(k -> k.label()).toList(),
        template.years(),
        Stream.concat(
                template.use().stream().map(Use::label),
                template.names().stream().map(NameKind::label).map(n -> "named by " + n))
            .toList(),
        Optional.empty());
  }

  String summary() {
    return "authorities %d, role keys %d, templates %d"
        .formatted(count("authority"), count("role"), templates.size());
  }

  private long count(String kind) {
    return certificates.stream().filter(l -> l.kind().equals(kind)).count();
  }

  String text() {
    var text = new StringBuilder();
    about.ifPresent(words -> text.append(words).append('\n'));
    text.append(new TreeText(certificates.stream().map(ProfileReport::node).toList()).draw());
    if (!templates.isEmpty()) {
      text.append("Issued from requests:\n");
      templates.forEach(t ->
          text.append(
              "  %-18s by %-18s %2d years  %s%n"
                  .formatted(
                      t.name(), t.issuer().orElse(""), t.years(), String.join(", ", t.use()))));
    }
    return text.toString();
  }

  private static TreeText.Node node(Line line) {
    String scope = line.customer().map(c -> "  only for " + c).orElse("");
    return new TreeText.Node(
        line.name(),
        line.issuer(),
        line.name(),
        "%-12s %2d years  %s%s"
            .formatted(line.key().getFirst(), line.years(), String.join(", ", line.use()), scope));
  }
}
