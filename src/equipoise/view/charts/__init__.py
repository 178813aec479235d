"""Charts, one idea a module: functions take result frames and a :class:`~equipoise.view.charts.setting.Setting`, and
return Altair charts. They compute no figure and save nothing."""
