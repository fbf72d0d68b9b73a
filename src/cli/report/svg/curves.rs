//! Curves over a numeric axis, with the bands of their intervals.

use crate::cli::report::svg::axis::{Inside, Ticks, frame};
use crate::cli::report::svg::canvas::{COLOURS, Canvas, Entry, HEIGHT, Picture, colour};
use crate::store::Scale;

/// What nobody does better than by luck, or would like to be on.
const BESIDE: [&str; 3] = ["chance", "perfect", "random"];
/// Points up to which each has a dot.
const DOTS: usize = 20;

type Points = Vec<(f64, f64)>;

/// What is drawn of a curve.
enum Part<'a> {
    /// A line of a colour, from 0.
    Line(usize, &'a Points),
    /// A line beside which others are seen.
    Beside(&'a Points),
    /// What lies between the ends of an interval, in the colour of the line that it is of.
    Band(usize, Points),
}

/// Draws curves; `mark` stands out on the level axis.
pub fn draw(title: &str, (x, y): (&Scale, &Scale), curves: &[(String, Points)], mark: Option<f64>) -> Picture {
    let parts = parts(curves);
    let all: Points = parts.iter().flat_map(|(_, part)| part.points()).copied().filter(known).collect();
    let (level, upright) = (level(x, &all), upright(y, &all));
    let names: Vec<(f64, String)> =
        level.at.iter().map(|(value, label)| (level.place(*value), label.clone())).collect();
    let mut canvas = Canvas::default();
    let inside = frame(&mut canvas, (&names, &x.title), (&upright, &y.title));
    let place = |points: &Points| -> Points {
        let known = points.iter().copied().filter(known);
        known.map(|(x, y)| inside.at(level.place(x), upright.place(y))).collect()
    };
    // Bands lie below the lines.
    for (_, part) in &parts {
        if let Part::Band(series, points) = part {
            canvas.area(place(points), &format!("bd {}", colour(*series)));
        }
    }
    if let Some(mark) = mark {
        draw_mark(&mut canvas, &inside, level.place(mark));
    }
    for (_, part) in &parts {
        match part {
            Part::Band(..) => {}
            Part::Beside(points) => canvas.path(place(points), "ln ref"),
            Part::Line(series, points) => {
                let points = place(points);
                canvas.path(points.iter().copied(), &format!("ln {}", colour(*series)));
                if points.len() <= DOTS {
                    for point in points {
                        canvas.dot(point, &format!("fl {}", colour(*series)));
                    }
                }
            }
        }
    }
    let mut legend: Vec<Entry> =
        parts.iter().map(|(name, part)| Entry { name: name.clone(), class: part.class() }).collect();
    legend.extend(mark.map(|_| Entry { name: "chosen".to_owned(), class: "mark".to_owned() }));
    Picture { svg: canvas.svg(title, HEIGHT), legend: if legend.len() > 1 { legend } else { Vec::new() } }
}

impl Part<'_> {
    fn points(&self) -> &Points {
        match self {
            Self::Line(_, points) | Self::Beside(points) => points,
            Self::Band(_, points) => points,
        }
    }

    /// The class of its mark in the legend.
    fn class(&self) -> String {
        match self {
            Self::Line(series, _) => format!("line {}", colour(*series)),
            Self::Beside(_) => "line ref".to_owned(),
            Self::Band(series, _) => format!("band {}", colour(*series)),
        }
    }
}

/// Tells lines from the ends of intervals: a closed line around one, or two lines, `95 % from` and `to`.
fn parts(curves: &[(String, Points)]) -> Vec<(String, Part<'_>)> {
    let mut found = Vec::new();
    let (mut series, mut at) = (0, 0);
    while let Some((name, points)) = curves.get(at) {
        at += 1;
        match curves.get(at) {
            Some((next, upper)) if name.ends_with(" from") && next == "to" => {
                let around = points.iter().chain(upper.iter().rev()).copied().collect();
                let name = name.trim_end_matches(" from");
                found.push((format!("{name} interval"), Part::Band(0, around)));
                at += 1;
            }
            _ if name.contains("95 %") => {
                let of_chance = name.starts_with("chance");
                let said = if of_chance { name.clone() } else { format!("{name} interval") };
                // That of chance has a colour of its own, any other that of what was seen last.
                let owner = if of_chance { COLOURS - 1 } else { usize::max(series, 1) - 1 };
                found.push((said, Part::Band(owner, points.clone())));
            }
            _ if BESIDE.contains(&name.as_str()) => found.push((name.clone(), Part::Beside(points))),
            _ => {
                found.push((name.clone(), Part::Line(series, points)));
                series += 1;
            }
        }
    }
    found
}

/// Whether an axis is of shares.
fn is_share(scale: &Scale) -> bool {
    scale.bounds == Some((0.0, 1.0)) || scale.title.contains("share")
}

fn known((x, y): &(f64, f64)) -> bool {
    x.is_finite() && y.is_finite()
}

/// The level axis: every whole number where there are few, else round numbers.
fn level(scale: &Scale, points: &Points) -> Ticks {
    if let Some((low, high)) = scale.bounds {
        return Ticks::round(low, high, 5, is_share(scale));
    }
    let (low, high) = ends(points.iter().map(|(x, _)| *x));
    if points.iter().all(|(x, _)| x.fract() == 0.0) && high - low <= 20.0 {
        return Ticks::whole(low, high);
    }
    let mut ticks = Ticks::round(low, high, 5, is_share(scale));
    // A level axis ends where its numbers do.
    ticks.ends = (low, if high > low { high } else { low + 1.0 });
    ticks.at.retain(|(value, _)| (low..=high).contains(value));
    ticks
}

/// The upright axis: from zero, unless all lies far from it.
fn upright(scale: &Scale, points: &Points) -> Ticks {
    let (low, high) = scale.bounds.unwrap_or_else(|| ends(points.iter().map(|(_, y)| *y)));
    let far = low > 0.0 && low > high / 2.0;
    let low = if low > 0.0 && !far { 0.0 } else { low };
    Ticks::round(low, if far { high } else { high.max(0.0) }, 5, is_share(scale))
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low.is_finite() { (low, high) } else { (0.0, 1.0) }
}

fn draw_mark(canvas: &mut Canvas, inside: &Inside, place: f64) {
    canvas.line(inside.at(place, 0.0), inside.at(place, 1.0), "ln mk");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_become_bands_and_every_line_is_in_the_legend() {
        let line = |name: &str, y: f64| (name.to_owned(), vec![(0.0, y), (1.0, y)]);
        let scale = Scale { title: "share".to_owned(), bounds: Some((0.0, 1.0)) };
        let curves = [line("model", 0.5), line("perfect", 1.0), line("95 % from", 0.4), line("to", 0.6)];
        let picture = draw("Calibration", (&scale, &scale), &curves, None);
        let names: Vec<&str> = picture.legend.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["model", "perfect", "95 % interval"]);
        assert_eq!((picture.svg.matches("<polygon").count(), picture.svg.matches("<polyline").count()), (1, 2));
        assert!(picture.svg.contains("role=\"img\"><title>Calibration</title>"));
    }
}
