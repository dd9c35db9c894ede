// A drawing of lines, boxes and words.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace report {

inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

// Told apart by those who see fewer colours, too (Okabe and Ito).
inline constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b",
                                           "#56b4e9", "#444444", "#8b4513", "#6a3d9a", "#1b9e77"};
inline const char* colour(std::size_t i) {
  return kColours[i % std::size(kColours)];
}

// A number for a person: 0.012, 1.5, 250, 12k, 3M.
inline std::string short_number(double value) {
  const double size = std::fabs(value);
  if (size >= 1e6) return fmt::format("{:.3g}M", value / 1e6);
  if (size >= 1e4) return fmt::format("{:.3g}k", value / 1e3);
  if (size >= 1e3) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

class Svg {
 public:
  Svg(double width, double height, std::string_view title) : width_(width), height_(height) {
    text(12, 24, title, "start", 16, "#111", true);
  }

  void line(double x1, double y1, double x2, double y2, std::string_view stroke,
            double thickness = 1, std::string_view dashes = "") {
    body_ += fmt::format(
        R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"{}/>)",
        x1, y1, x2, y2, stroke, thickness,
        dashes.empty() ? "" : fmt::format(R"( stroke-dasharray="{}")", dashes));
  }
  void circle(double x, double y, double radius, std::string_view fill) {
    body_ +=
        fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="{}"/>)", x, y, radius, fill);
  }
  // `anchor`: start, middle or end.
  void text(double x, double y, std::string_view words, std::string_view anchor = "start",
            double size = 12, std::string_view fill = "#333", bool bold = false) {
    body_ += fmt::format(
        R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" fill="{}"{}>{}</text>)", x,
        y, anchor, size, fill, bold ? R"( font-weight="600")" : "", escaped(words));
  }
  void path(const std::vector<std::pair<double, double>>& points, std::string_view stroke,
            double thickness = 2) {
    std::string d;
    for (const auto& [x, y] : points)
      d += fmt::format("{}{:.1f} {:.1f}", d.empty() ? "M" : "L", x, y);
    body_ += fmt::format(R"(<path d="{}" fill="none" stroke="{}" stroke-width="{}"/>)", d, stroke,
                         thickness);
  }

  std::string str() const {
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" )"
        R"(font-family="system-ui, 'DejaVu Sans', sans-serif" role="img">)"
        R"(<rect width="{0}" height="{1}" fill="#fff"/>{2}</svg>)",
        width_, height_, body_);
  }

 private:
  double width_;
  double height_;
  std::string body_;
};

// From values to places: straight or logarithmic.
class Scale {
 public:
  Scale(double low, double high, double from, double to, bool logarithmic)
      : low_(logarithmic ? std::log(low) : low),
        high_(logarithmic ? std::log(high) : high),
        from_(from),
        to_(to),
        logarithmic_(logarithmic) {}

  double operator()(double value) const {
    const double v = logarithmic_ ? std::log(value) : value;
    return from_ + (v - low_) / (high_ - low_) * (to_ - from_);
  }

  // Round values between the ends: 1, 2, 5 and their tenfolds.
  std::vector<double> ticks() const {
    std::vector<double> ticks;
    if (logarithmic_) {
      const bool wide = high_ - low_ > std::log(300);
      for (int e = -9; e < 12; ++e)
        for (const double m : {1.0, 2.0, 5.0}) {
          const double tick = m * std::pow(10, e);
          if (std::log(tick) >= low_ - 1e-9 && std::log(tick) <= high_ + 1e-9 && (!wide || m == 1))
            ticks.push_back(tick);
        }
      return ticks;
    }
    const double rough = (high_ - low_) / 5;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    const double step = power * (rough / power >= 5 ? 5 : rough / power >= 2 ? 2 : 1);
    for (double tick = std::ceil(low_ / step) * step; tick <= high_ + step / 1e6; tick += step)
      ticks.push_back(tick);
    return ticks;
  }

 private:
  double low_, high_, from_, to_;
  bool logarithmic_;
};

}  // namespace report
