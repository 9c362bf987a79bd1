//! How pieces of terminal output look, and the codes that say so.

/// Parameters of one sequence that are looked at; the rest is ignored.
const MAX_PARAMS: usize = 32;

/// How a span looks. Colours are those of terminals: sixteen of the theme, 0 to 15, then a cube of
/// 216 and 24 greys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Colour of the text.
    pub fg: Option<u8>,
    /// Colour behind it.
    pub bg: Option<u8>,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Colours exchanged.
    pub inverse: bool,
}

impl Style {
    /// Takes over what a sequence says of the look.
    pub(super) fn apply(&mut self, params: &str) {
        if params.starts_with(['<', '=', '>', '?']) {
            return;
        }
        let numbers = params.split([';', ':']).take(MAX_PARAMS);
        let mut numbers = numbers.map(|number| number.parse::<u16>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                3 => self.italic = true,
                4 => self.underline = true,
                7 => self.inverse = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                24 => self.underline = false,
                27 => self.inverse = false,
                38 => self.fg = extended(&mut numbers),
                39 => self.fg = None,
                48 => self.bg = extended(&mut numbers),
                49 => self.bg = None,
                30..=37 => self.fg = small(number - 30),
                40..=47 => self.bg = small(number - 40),
                90..=97 => self.fg = small(number - 82),
                100..=107 => self.bg = small(number - 92),
                _ => {}
            }
        }
    }
}

fn small(number: u16) -> Option<u8> {
    u8::try_from(number).ok()
}

/// A colour of 256, or the nearest of them to one of 24 bits.
fn extended(numbers: &mut impl Iterator<Item = u16>) -> Option<u8> {
    match numbers.next()? {
        5 => small(numbers.next()?),
        2 => {
            let (red, green, blue) = (numbers.next()?, numbers.next()?, numbers.next()?);
            Some(nearest([red, green, blue].map(|part| part.min(255))))
        }
        _ => None,
    }
}

/// The place in the cube of six steps for each part, or among the greys.
fn nearest(rgb: [u16; 3]) -> u8 {
    let [red, green, blue] = rgb;
    let grey =
        (red == green && green == blue && (8..=238).contains(&red)).then(|| 232 + (red - 3) / 10);
    // The steps of the cube are 0, 95, 135, 175, 215, 255.
    let step = |part: u16| match part {
        0..48 => 0,
        48..115 => 1,
        _ => (part - 35) / 40,
    };
    let cube = 16 + 36 * step(red) + 6 * step(green) + step(blue);
    small(grey.unwrap_or(cube)).unwrap_or(15)
}
