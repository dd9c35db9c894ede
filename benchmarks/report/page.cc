#include "benchmarks/report/page.h"

#include <fmt/format.h>

#include <functional>

#include "benchmarks/report/plot.h"
#include "benchmarks/report/svg.h"

namespace report {
namespace {

struct Table {
  std::string title;
  std::string note;
  std::vector<std::string> head;  // one that begins with '>' is of numbers
  std::vector<std::vector<std::string>> rows;
};

std::string value(double number) {
  return short_number(number);
}

std::string verdict(const Row& row) {
  if (row.target.empty()) return "";
  if (row.met) return "met";
  return row.limit.empty() ? "**missed**" : fmt::format("**missed: {}**", row.limit);
}

Table targets_table(const Results& results) {
  Table table{"Targets",
              "Medians decide, of the largest size: what smaller ones miss stands in the last "
              "table. Ratios are to a bare program that does the least that the same "
              "answer needs, "
              "measured in the same run.",
              {"scenario", ">size", "what", ">runs", ">min", ">median", ">max", ">target", ""},
              {}};
  for (const Row* row : results.targets())
    table.rows.push_back({row->scenario, std::to_string(row->size), row->what,
                          std::to_string(row->runs), value(row->min), value(row->median),
                          value(row->max), row->target, verdict(*row)});
  return table;
}

Table growth_table(const Results& results) {
  Table table{"Growth",
              "The exponent of the size, by least squares on the logarithms: 1 is linear, 0 "
              "constant. Of what is constant a factor of 1.5 over the whole range counts as noise, "
              "else 0.15 in the exponent.",
              {"what", ">claimed", ">measured", "", "size: median"},
              {}};
  for (const Growth& growth : results.growths) {
    std::string points;
    for (const auto& [size, median] : growth.points)
      points +=
          fmt::format("{}{}: {}", points.empty() ? "" : ", ", short_number(size), value(median));
    table.rows.push_back({growth.name, fmt::format("{:.2g}", growth.claimed),
                          fmt::format("{:.2f}", growth.exponent),
                          growth.holds() ? "holds" : "**does not hold**", points});
  }
  return table;
}

Table peers_table(const Results& results) {
  Table table{
      "Beside other watchers",
      "The same changes as fast as they go, the same judge. CPU of the watcher with all that it "
      "has "
      "started, microseconds a change; in brackets the share of changes that it did not tell.",
      {"watcher", ">created", ">changed", ">removed", ">nested"},
      {}};
  for (const std::string& peer : peers_of(results)) {
    std::vector<std::string> row{peer};
    for (const char* job : {"created", "changed", "removed", "nested"}) {
      const Row* cpu = results.find("peers", fmt::format("{}, {}: CPU us a change", peer, job));
      const Row* missing = results.find("peers", fmt::format("{}, {}: % not told", peer, job));
      row.push_back(cpu == nullptr || missing == nullptr
                        ? "-"
                        : fmt::format("{} ({:.3g}%)", value(cpu->median), missing->median));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string time_of(double ns) {
  return ns >= 1e6   ? fmt::format("{:.3g} ms", ns / 1e6)
         : ns >= 1e3 ? fmt::format("{:.3g} us", ns / 1e3)
                     : fmt::format("{:.3g} ns", ns);
}

Table parts_table(const Results& results) {
  Table table{"Parts",
              "Google Benchmark; CPU time of one iteration.",
              {"part", ">runs", ">min", ">median", ">max", ">items a second", ">bytes a second"},
              {}};
  for (const Part& part : results.parts)
    table.rows.push_back({part.name, std::to_string(part.times_ns.size()),
                          time_of(part.times_ns.front()), time_of(part.median_ns()),
                          time_of(part.times_ns.back()),
                          part.items_per_second > 0 ? value(part.items_per_second) : "",
                          part.bytes_per_second > 0 ? value(part.bytes_per_second) : ""});
  return table;
}

Table skips_table(const Results& results) {
  Table table{"Left out here", "", {"scenario", "why"}, {}};
  for (const Skip& skip : results.skips) table.rows.push_back({skip.scenario, skip.why});
  return table;
}

Table machine_table(const Results& results) {
  Table table{"Machine", "", {"", ""}, {}};
  for (const auto& [key, fact] : results.machine) table.rows.push_back({key, fact});
  return table;
}

Table all_table(const Results& results) {
  Table table{"All that was measured",
              "Small sizes are ruled by what costs the same at any size: a start, a round.",
              {"scenario", ">size", "what", ">runs", ">min", ">median", ">max", ">target", ""},
              {}};
  for (const Row& row : results.rows)
    table.rows.push_back({row.scenario, std::to_string(row.size), row.what,
                          std::to_string(row.runs), value(row.min), value(row.median),
                          value(row.max), row.target, verdict(row)});
  return table;
}

std::string summary(const Results& results) {
  std::size_t met = 0;
  const std::vector<const Row*> targets = results.targets();
  for (const Row* row : targets) met += row->met;
  std::size_t holding = 0;
  for (const Growth& growth : results.growths) holding += growth.holds();
  return fmt::format("{} of {} targets are met, and {} of {} things grow as is claimed.", met,
                     targets.size(), holding, results.growths.size());
}

std::string markdown(const Table& table) {
  if (table.rows.empty()) return "";
  std::string out = fmt::format("## {}\n\n", table.title);
  if (!table.note.empty()) out += table.note + "\n\n";
  std::string rule = "|";
  out += "|";
  for (const std::string& head : table.head) {
    const bool number = head.starts_with('>');
    out += fmt::format(" {} |", head.substr(number ? 1 : 0));
    rule += number ? " ---: |" : " --- |";
  }
  out += "\n" + rule + "\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "|";
    for (const std::string& cell : row) out += fmt::format(" {} |", cell);
    out += "\n";
  }
  return out + "\n";
}

std::string html(const Table& table) {
  if (table.rows.empty()) return "";
  std::string out = fmt::format("<h2>{}</h2>\n", escaped(table.title));
  if (!table.note.empty()) out += fmt::format("<p>{}</p>\n", escaped(table.note));
  out += "<div class=\"wide\"><table><thead><tr>";
  for (const std::string& head : table.head) {
    const bool number = head.starts_with('>');
    out += fmt::format("<th{}>{}</th>", number ? " class=\"n\"" : "",
                       escaped(head.substr(number ? 1 : 0)));
  }
  out += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool bold = row[i].starts_with("**");
      const std::string cell = bold ? row[i].substr(2, row[i].size() - 4) : row[i];
      out += fmt::format("<td class=\"{}{}\">{}</td>", table.head[i].starts_with('>') ? "n" : "",
                         bold ? " bad" : "", escaped(cell));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

constexpr const char* kStyle = R"(
body { font: 15px/1.5 system-ui, 'DejaVu Sans', sans-serif; color: #222; background: #fff;
       max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: 3px 9px; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
th { background: #f4f4f4; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bad { color: #b04000; font-weight: 600; }
.wide { overflow-x: auto; }
svg { max-width: 100%; height: auto; margin: .8rem 0; border: 1px solid #eee; }
)";

}  // namespace

std::string markdown_page(const Results& results) {
  std::string page = "# pawl, measured\n\n" + summary(results) + "\n\n";
  for (const Table& table :
       {machine_table(results), targets_table(results), growth_table(results), peers_table(results),
        parts_table(results), skips_table(results), all_table(results)})
    page += markdown(table);
  return page;
}

std::string html_page(const Results& results) {
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>pawl, measured</title>\n"
      "<style>{}</style>\n<h1>pawl, measured</h1>\n<p>{}</p>\n",
      kStyle, escaped(summary(results)));
  page += html(machine_table(results));
  page += html(targets_table(results)) + plot_targets(results);
  page += html(growth_table(results)) + plot_growth(results, true) + plot_growth(results, false);
  if (const std::string latency = plot_latency(results); !latency.empty())
    page += "<h2>Latency</h2>\n" + latency;
  page += html(peers_table(results));
  for (const char* job : {"created", "changed", "removed", "nested"})
    page += plot_peers(results, job);
  if (!results.curves.empty()) page += "<h2>Over time</h2>\n";
  for (const Curve& curve : results.curves) page += plot_curve(curve);
  for (const Table& table : {parts_table(results), skips_table(results), all_table(results)})
    page += html(table);
  return page + "</html>\n";
}

}  // namespace report
